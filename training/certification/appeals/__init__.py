"""Appeals against decisions: made by raters, decided by certifiers without a part in the matter."""

"""The pictures of a cohort: raters by stage, raters by item, what to teach next."""

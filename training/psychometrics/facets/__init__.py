"""The many-facet Rasch model: its design, estimation, fit, bias and connection. Pure."""

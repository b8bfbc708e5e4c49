"""Charts as inline SVG: marks, words and table twins stand in templates/charts. Pure."""

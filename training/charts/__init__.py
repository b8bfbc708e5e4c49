"""Charts as inline SVG: geometry here, [pure]; marks, words and table twins in templates/charts."""

"""One rater over time: control charts, and how long they run before they signal. Pure."""

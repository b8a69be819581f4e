"""What a job that seems to do nothing is at, in words."""

STEPS = {
    "aggregate": "Weighing your songs",
    "reference": "Learning what all music has in common",
    "vocabulary": "Learning the model's words",
    "concept": "Learning what a slider changes",
    "layer-effects": "Finding out where it steers",
    "calibrate": "Trying out how strongly it steers",
}
"""Of the stages that take minutes where their result is not in the store."""

"""The sentences by which `notifier promise read` is measured, and the measurement."""

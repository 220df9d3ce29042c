"""The figures of the boards and the daily snapshot."""

"""Actions that write across DocTypes."""

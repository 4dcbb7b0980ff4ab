"""What can be proved of loops: which iterations are independent, and which elements of arrays are touched."""

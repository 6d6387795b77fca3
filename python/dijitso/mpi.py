"""MPI placeholder."""

"""CUDA translation units as typed trees."""

"""Boards to draw on, drawings that are kept, jobs that are asked for and worked on."""

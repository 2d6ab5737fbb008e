"""Bookings given to other vehicles when one is not to be had: built, solved and checked apart."""

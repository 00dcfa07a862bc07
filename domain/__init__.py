"""The business rules of plan progress: pure functions over frozen dataclasses.

Standard library only. No clock, no uuid, no random: what day it is arrives as an argument.
"""

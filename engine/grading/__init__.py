"""Answers and backward code of students, judged: right or wrong, and which mistake it is. See the contract, section 5."""

from engine.grading.diagnose import Grade, grade

__all__ = ["Grade", "grade"]

"""Answers and backward code of students, judged: right or wrong, and which mistake it is. See the contract, section 5."""

from engine.grading.backward import JudgedLine, grade_backward
from engine.grading.diagnose import Grade, grade

__all__ = ["Grade", "JudgedLine", "grade", "grade_backward"]

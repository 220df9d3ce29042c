"""Tests, in the folders of what they test."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

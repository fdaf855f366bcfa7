"""Packaging for `bench get-app`; everything is declared in pyproject.toml."""

from setuptools import setup

setup()

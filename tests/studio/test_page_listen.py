"""The page's half about playlists, prompts and steering."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from resonance_core.store.concepts import save_concept
from resonance_core.store.creations import list_creations
from resonance_core.store.jobs import RunningJob
from resonance_core.steering.concept_file import Concept
from tests.studio.test_page import SIZES, address, browser, window  # noqa: F401

"""What GeoNames calls the nations of the United Kingdom, and what we call them."""

from __future__ import annotations

PARTS = {"ENG": "england", "WLS": "wales", "SCT": "scotland", "NIR": "northern_ireland"}

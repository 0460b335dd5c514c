# SPDX-License-Identifier: BSD-2-Clause
"""Real captures wrapped anew: what no device at hand can make. See ../rewrap.py."""

"""Profiles: which rules of part-writing are applied, and what a fault against each of them weighs.

    profile     a profile, and the choice of its rules
    loading     the profiles that ship, and those in a teacher's own TOML files

Two profiles ship. `bach` has all rules with their weights in nats, and the tendencies of Bach's
chorales. `textbook` (`textbook.toml`) is strict: what textbooks forbid is a fault, however often
Bach writes it, and costs whole points; rules that no textbook states are left out.
"""

from chorale.checking.profiles.loading import BACH, PROFILES, find_profile
from chorale.checking.profiles.profile import FAULT, TENDENCY, Kind, Profile, bach_profile

__all__ = [
    "BACH",
    "FAULT",
    "PROFILES",
    "TENDENCY",
    "Kind",
    "Profile",
    "bach_profile",
    "find_profile",
]

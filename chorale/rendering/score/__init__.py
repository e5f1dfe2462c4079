"""Scores: MusicXML, and engraving of it as SVG, PDF and PNG."""

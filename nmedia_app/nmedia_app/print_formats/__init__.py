"""The annex engine: one context for each annex, printed as HTML (and PDF) or rendered into a Word file."""

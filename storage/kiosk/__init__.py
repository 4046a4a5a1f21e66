"""An event laptop: its pool of sealed responses, its noisy groups, set-up and practice."""

/** Thrown after a problem behind which nothing sensible can be run. */
class Stop extends RuntimeException {}

/** Version of this package, for provenance. */
export const VERSION = "0.0.0";

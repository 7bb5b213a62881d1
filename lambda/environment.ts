/** The environment variables of a function. */
export type Environment = Readonly<Record<string, string | undefined>>;

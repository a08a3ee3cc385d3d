/** Names of events that a window's evidence shows; their full number is counted besides. */
export const evidenceNameCountMax = 100;

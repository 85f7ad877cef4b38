/** Bytes of request bodies that may be in memory at once, whoever sent them. */
export interface BodyBudget {
  /** False, and nothing taken, when that would be more than there may be. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createBodyBudget(totalBytes: number): BodyBudget {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > totalBytes) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}

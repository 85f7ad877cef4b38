import { createAgain, giveUp } from "./container-taken.ts";
import type { Handlers } from "./handlers.ts";

/** The image went between pull and create, and is being brought back, once. */
export const restoring: Handlers = {
  "image-restored": (state) => createAgain({ ...state, imageRestored: true }),
  "restore-failed": (state, { message }) => giveUp(state, `Failed to launch container: ${message}`),
};

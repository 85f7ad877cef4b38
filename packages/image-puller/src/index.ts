export type * from "./image-puller.ts";
export {
  type CountingImagePuller,
  createImagePuller,
  type ImagePullerOptions,
  type PullCounts,
} from "./create-image-puller.ts";
export { ImagePullError, type ImagePullErrorCode, type ImagePullErrorDetails, isImagePullError } from "./errors.ts";
export { type ImageReference, parseImageReference } from "./image-reference.ts";
export { defaultPullBudgets, type PullBudgets } from "./pull-budgets.ts";

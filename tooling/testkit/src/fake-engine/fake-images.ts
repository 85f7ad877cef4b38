import { randomId } from "./random.ts";

/** Image configuration as inspect shows it. */
export interface FakeImageOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly os?: string;
  readonly architecture?: string;
  readonly sizeBytes?: number;
}

export interface FakeImage {
  readonly id: string;
  readonly options: FakeImageOptions;
  readonly tags: Set<string>;
}

/** A line of a pull, or something to wait for before the next. */
export type PullStep = Readonly<Record<string, unknown>> | (() => Promise<void>);

/** What a registry has under a reference. */
export interface PullableImage extends FakeImageOptions {
  /** In place of the usual lines. The image is there afterwards unless one of them has an `error`. */
  readonly steps?: readonly PullStep[];
}

/** The local images, by tag. */
export class ImageStore {
  readonly #byTag = new Map<string, FakeImage>();
  readonly #random: () => number;

  constructor(random: () => number, images: Readonly<Record<string, FakeImageOptions>>) {
    this.#random = random;
    for (const [ref, options] of Object.entries(images)) this.add(ref, options);
  }

  find(ref: string): FakeImage | undefined {
    return this.#byTag.get(tagged(ref)) ?? [...this.#byTag.values()].find(({ id }) => id === ref);
  }

  add(ref: string, options: FakeImageOptions): FakeImage {
    const image: FakeImage = { id: `sha256:${randomId(this.#random)}`, options, tags: new Set([tagged(ref)]) };
    this.#byTag.set(tagged(ref), image);
    return image;
  }

  tag(image: FakeImage, ref: string): void {
    image.tags.add(tagged(ref));
    this.#byTag.set(tagged(ref), image);
  }

  remove(image: FakeImage): void {
    for (const tag of image.tags) this.#byTag.delete(tag);
  }
}

/** `x` is `x:latest`. */
export function tagged(ref: string): string {
  return /[:@]/.test(ref.slice(ref.lastIndexOf("/") + 1)) ? ref : `${ref}:latest`;
}

import { EventBus } from "./event-bus.ts";
import { type ContainerBehaviour, type FakeCreateBody, FakeContainer } from "./fake-container.ts";
import { type FakeImage, type FakeImageOptions, ImageStore } from "./fake-images.ts";
import { randomId } from "./random.ts";

export interface FakeModelOptions {
  readonly random: () => number;
  readonly images: Readonly<Record<string, FakeImageOptions>>;
  readonly behaviour: (body: FakeCreateBody, name: string) => ContainerBehaviour;
}

export type Created =
  | { readonly kind: "created"; readonly container: FakeContainer }
  | { readonly kind: "refused"; readonly status: number; readonly message: string };

/** What the fake engine has: images, containers, events. */
export class FakeModel {
  readonly events = new EventBus();
  readonly images: ImageStore;
  /** Names that create refuses as taken and inspect does not know. */
  readonly phantomNames = new Set<string>();
  readonly #containers = new Map<string, FakeContainer>();
  readonly #byName = new Map<string, FakeContainer>();
  readonly #options: FakeModelOptions;

  constructor(options: FakeModelOptions) {
    this.#options = options;
    this.images = new ImageStore(options.random, options.images);
  }

  get containers(): readonly FakeContainer[] {
    return [...this.#containers.values()];
  }

  /** By id, the beginning of an id, or name. */
  find(ref: string): FakeContainer | undefined {
    const known = this.#containers.get(ref) ?? this.#byName.get(ref);
    if (known !== undefined || ref.length < 4) return known;
    return this.containers.find(({ id }) => id.startsWith(ref));
  }

  create(body: FakeCreateBody, wantedName: string | undefined): Created {
    const name = wantedName ?? `fake_${this.#containers.size + 1}`;
    const image: FakeImage | undefined = this.images.find(body.Image);
    if (image === undefined) return { kind: "refused", status: 404, message: `No such image: ${body.Image}` };
    const holder = this.#byName.get(name);
    if (holder !== undefined || this.phantomNames.has(name)) {
      const id = holder?.id ?? randomId(this.#options.random);
      const message = `Conflict. The container name "/${name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`;
      return { kind: "refused", status: 409, message };
    }
    const identity = { id: randomId(this.#options.random), name, imageId: image.id };
    const container = new FakeContainer(identity, body, this.#options.behaviour(body, name), this.events);
    this.#containers.set(container.id, container);
    this.#byName.set(name, container);
    container.emit("create");
    return { kind: "created", container };
  }

  remove(container: FakeContainer): void {
    this.#containers.delete(container.id);
    this.#byName.delete(container.name);
    container.remove();
  }
}

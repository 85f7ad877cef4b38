import { invalid } from "../errors.ts";

const systems = new Set(
  "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos".split(
    " ",
  ),
);
const architectures = new Set(
  "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm".split(
    " ",
  ),
);

/**
 * `--platform os[/arch[/variant]]` or an architecture alone, in the engine's names: `linux/x86_64` -> `linux/amd64`,
 * `linux/arm64/v8` -> `linux/arm64`. An operating system alone stays alone, and the engine takes its own architecture.
 */
export function parsePlatform(text: string): string {
  const parts = text.split("/");
  if (parts.length > 3 || parts.some((part) => !/^[A-Za-z0-9_.-]+$/.test(part)))
    throw invalid(`"${text}" is not a platform; write os/arch[/variant], such as linux/amd64`);
  const [first = "", second, variant = ""] = parts;
  if (second !== undefined) return [normalSystem(first), ...normalArchitecture(second, variant)].join("/");
  const system = normalSystem(first);
  if (systems.has(system)) return system;
  const architecture = normalArchitecture(first, "");
  if (!architectures.has(architecture[0] ?? ""))
    throw invalid(`"${text}" is neither an operating system nor an architecture`);
  return ["linux", ...architecture].join("/");
}

function normalSystem(name: string): string {
  const lower = name.toLowerCase();
  return lower === "macos" ? "darwin" : lower;
}

function normalArchitecture(name: string, variantName: string): string[] {
  const lower = name.toLowerCase();
  const variant = variantName.toLowerCase();
  switch (lower) {
    case "i386":
      return ["386"];
    case "x86_64":
    case "x86-64":
    case "amd64":
      return variant === "v1" || variant === "" ? ["amd64"] : ["amd64", variant];
    case "aarch64":
    case "arm64":
      return ["8", "v8", ""].includes(variant) ? ["arm64"] : ["arm64", variant];
    case "armhf":
      return ["arm", "v7"];
    case "armel":
      return ["arm", "v6"];
    case "arm":
      return ["arm", variant === "" ? "v7" : /^\d$/.test(variant) ? `v${variant}` : variant];
    default:
      return variant === "" ? [lower] : [lower, variant];
  }
}

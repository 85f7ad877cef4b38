import type { Mount } from "@berth/engine-client";
import { csvText } from "./csv-text.ts";
import { expressed, inexpressible, join, option, type Rendered } from "./option-text.ts";
import { byteSizeText } from "./quantities.ts";

/** `--mount=...` for one mount. */
export function renderMount(mount: Mount): Rendered {
  const fields = [`type=${mount.Type}`];
  const put = (key: string, value: string | number | undefined) => {
    if (value !== undefined && value !== "") fields.push(`${key}=${value}`);
  };
  put("source", mount.Source);
  put("target", mount.Target);
  if (mount.ReadOnly === true) fields.push("readonly");
  put("consistency", mount.Consistency);
  putBind(mount, fields);
  putVolume(mount, fields);
  put("image-subpath", mount.ImageOptions?.Subpath);
  const tmpfs = mount.TmpfsOptions;
  if (tmpfs?.SizeBytes !== undefined && tmpfs.SizeBytes !== 0) put("tmpfs-size", byteSizeText(tmpfs.SizeBytes));
  if (tmpfs?.Mode !== undefined && tmpfs.Mode !== 0) put("tmpfs-mode", tmpfs.Mode.toString(8));
  const lost = [
    ...(mount.BindOptions?.CreateMountpoint === true ? ["BindOptions.CreateMountpoint"] : []),
    ...((tmpfs?.Options ?? []).length > 0 ? ["TmpfsOptions.Options"] : []),
  ].map((field) => `HostConfig.Mounts[${mount.Target}].${field}`);
  return join([expressed([option("mount", csvText(fields))]), inexpressible(...lost)]);
}

function putBind({ BindOptions: bind }: Mount, fields: string[]): void {
  if (bind?.Propagation !== undefined && bind.Propagation !== "") fields.push(`bind-propagation=${bind.Propagation}`);
  if (bind?.NonRecursive === true) fields.push("bind-recursive=disabled");
  if (bind?.ReadOnlyNonRecursive === true) fields.push("bind-recursive=writable");
  if (bind?.ReadOnlyForceRecursive === true) fields.push("bind-recursive=readonly");
}

function putVolume({ VolumeOptions: volume }: Mount, fields: string[]): void {
  if (volume?.NoCopy !== undefined) fields.push(volume.NoCopy ? "volume-nocopy" : "volume-nocopy=false");
  if (volume?.Subpath !== undefined && volume.Subpath !== "") fields.push(`volume-subpath=${volume.Subpath}`);
  for (const [key, value] of Object.entries(volume?.Labels ?? {})) fields.push(`volume-label=${key}=${value}`);
  const driver = volume?.DriverConfig;
  if (driver?.Name !== undefined && driver.Name !== "") fields.push(`volume-driver=${driver.Name}`);
  for (const [key, value] of Object.entries(driver?.Options ?? {})) fields.push(`volume-opt=${key}=${value}`);
}

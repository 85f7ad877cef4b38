export const packageName = "@berth/docker-containerizer";

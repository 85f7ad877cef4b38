export const packageName = "@berth/proto";

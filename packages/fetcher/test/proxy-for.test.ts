import { expect, it } from "vitest";
import { proxyFor } from "../src/http/proxy-for.ts";

it.each([
  ["http://h/", {}, undefined],
  ["http://h/", { http_proxy: "http://p:1" }, "http://p:1"],
  ["http://h/", { http_proxy: "p:1" }, "http://p:1"],
  ["http://h/", { HTTP_PROXY: "http://p:1" }, undefined],
  ["https://h/", { HTTPS_PROXY: "http://p:1" }, "http://p:1"],
  ["https://h/", { http_proxy: "http://p:1" }, undefined],
  ["https://h/", { https_proxy: "http://l", HTTPS_PROXY: "http://u" }, "http://l"],
  ["http://h/", { ALL_PROXY: "http://all" }, "http://all"],
  ["http://h/", { http_proxy: "", all_proxy: "http://all" }, "http://all"],
])("%s with %j goes through %s", (url, environment, proxy) => {
  expect(proxyFor(new URL(url), environment)).toBe(proxy);
});

it.each([
  ["*", "http://any/", false],
  ["example.com", "http://example.com/", false],
  ["example.com", "http://a.example.com/", false],
  [".example.com", "http://example.com/", false],
  ["*.example.com", "http://a.example.com/", false],
  ["example.com", "http://badexample.com/", true],
  ["a, example.com b", "http://EXAMPLE.com./", false],
  ["h:8080", "http://h:8080/", false],
  ["h:8080", "http://h/", true],
  ["h:80", "http://h/", false],
  ["10.0.0.0/8", "http://10.1.2.3/", false],
  ["10.0.0.0/8", "http://11.1.2.3/", true],
  ["10.0.0.0/99", "http://10.1.2.3/", true],
  ["[::1]", "http://[::1]:5/", false],
  ["::1", "http://[::1]:5/", false],
  ["fd00::/8", "http://[fd00::5]/", false],
  ["0.0.1", "http://127.0.0.1/", true],
])("no_proxy=%s for %s: proxied is %s", (noProxy, url, proxied) => {
  const proxy = proxyFor(new URL(url), { http_proxy: "http://p", no_proxy: noProxy });
  expect(proxy !== undefined).toBe(proxied);
});

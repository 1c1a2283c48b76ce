// The front door for other pages: the module API, and the element <private-eye>.
//
//   <script type="module" src="/search/www/private-eye.js"></script>
//   <private-eye src="/search/collection/"></private-eye>
//
//   import { open } from "/search/www/private-eye.js";
//   const eye = await open("/search/collection/", { onProgress, signal });
//   const matches = await eye.search(fileOrBlob, { limit: 10, region, signal });

export { EyeError, open, supported } from "./eye.js";
export { PrivateEye } from "./element.js";
export { Pauser } from "./own/own.js";

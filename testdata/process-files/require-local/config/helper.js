"use strict"; Object.defineProperty(exports, "__esModule", { value: true }); exports.default = function app(name, options) { return { name: name, script: "".concat(name, ".js"), ...options }; };

import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as n}from"./chunk-HA5ADYQI.mjs";var e="000000000000",r="us-east-1";function c(t){return t?t.match(/Credential=\S+?\/\d{8}\/([^/]+)\//)?.[1]:void 0}n(c,"regionFromAuth");export{e as a,r as b,c};

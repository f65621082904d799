import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as n,b as e}from"./chunk-LEEXE6SG.mjs";import{a as t}from"./chunk-HA5ADYQI.mjs";async function m(i,c,r){let o=await n(i,c);return{routes:e(o,r),connection:o}}t(m,"openRoutes");export{m as a};

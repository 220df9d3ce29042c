// What a person typed and the server has not confirmed, kept in this browser: by whom, under the key it was sent with.
// Passwords and tokens are never kept; another person's drafts are never read; a week later, or on signing out, they go.
(function () {
  "use strict";
  var WEEK = 7 * 24 * 3600 * 1000; // milliseconds
  var MOST_FILES = 60 * 1024 * 1024; // bytes; beyond it the files of a form are named, not kept
  var FIELD = "sending_key";
  var COOKIE = "luoshi_sent";
  var MOST_KEYS = 30;
  var page = document.body.dataset;
  var drafts = { person: page.person || "", FIELD: FIELD };
  window.luoshiDrafts = drafts;

  var opening = window.idb ? window.idb.openDB("luoshi", 1, {
    upgrade: function (db) { db.createObjectStore("drafts", { keyPath: "key" }).createIndex("person", "person"); },
  }) : Promise.reject(new Error("no store"));
  opening.catch(function () {}); // without a store every promise below says so

  drafts.cookie = function (name) {
    var found = document.cookie.split("; ").find(function (one) { return one.indexOf(name + "=") === 0; });
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  };
  // The token of the cookie, as it is now: signing in in another tab changes it.
  drafts.token = function () { return drafts.cookie("csrftoken"); };

  // The page a form stands on; one that answers a form stands for the page before it.
  drafts.url = (function () {
    var here = window.location.pathname + window.location.search;
    try {
      if (page.method === "GET") window.sessionStorage.setItem("luoshi_page", here);
      else here = window.sessionStorage.getItem("luoshi_page") || here;
    } catch (fault) { /* a browser that keeps nothing */ }
    return here;
  })();

  // Keys: the same content from the same visit of a page bears the same key, after going back in the browser too.
  var keys = {};
  (function () {
    var visit = window.performance.getEntriesByType("navigation")[0];
    if (visit && visit.type === "back_forward" && window.history.state) keys = window.history.state.luoshiKeys || {};
    remember();
  })();
  function remember() {
    var names = Object.keys(keys);
    names.slice(0, Math.max(0, names.length - MOST_KEYS)).forEach(function (name) { delete keys[name]; });
    window.history.replaceState(Object.assign({}, window.history.state, { luoshiKeys: keys }), "");
  }
  function random() {
    return Array.from(window.crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return (256 + byte).toString(16).slice(1);
    }).join("");
  }
  drafts.newKey = function () { return drafts.person + "-" + random(); };
  drafts.keyFor = function (content) {
    if (!keys[content]) { keys[content] = drafts.newKey(); remember(); }
    return keys[content];
  };
  drafts.bind = function (content, key) { keys[content] = key; remember(); };
  drafts.settled = function (content) { delete keys[content]; remember(); };

  // A short name for what is sent: where to, and every field; files by name, size and age.
  drafts.contentOf = function (address, entries) {
    var text = entries.filter(drafts.isContent).reduce(function (all, entry) {
      var value = entry[1];
      return all + "\u0001" + entry[0] + "\u0002" + (typeof value === "string" ? value : [value.name, value.size, value.lastModified].join("\u0002"));
    }, address);
    var a = 0xdeadbeef, b = 0x41c6ce57;
    for (var at = 0; at < text.length; at++) {
      var code = text.charCodeAt(at);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (b >>> 0).toString(16) + (a >>> 0).toString(16) + text.length.toString(16);
  };
  drafts.isContent = function (entry) { return entry[0] !== FIELD && entry[0] !== "csrfmiddlewaretoken"; };

  // Keep a draft; the promise says whether it is kept. Files too large, or refused by the store, are named only.
  drafts.keep = function (draft) {
    if (!drafts.person) return Promise.resolve(false);
    var whole = Object.assign({ person: drafts.person, url: drafts.url, label: document.title.split(" · ")[0], at: Date.now(), lost: [] }, draft);
    var size = (whole.files || []).reduce(function (sum, entry) { return sum + entry[1].size; }, 0);
    if (size > MOST_FILES) bare(whole);
    return put(whole).catch(function () { bare(whole); return put(whole); }).then(function () { return true; }, function () { return false; });
  };
  function bare(draft) {
    draft.lost = draft.lost.concat(draft.files.map(function (entry) { return entry[1].name; }));
    draft.files = [];
  }
  function put(draft) { return opening.then(function (db) { return db.put("drafts", draft); }); }
  drafts.drop = function (names) {
    return opening.then(function (db) {
      return Promise.all(names.map(function (name) { return db.delete("drafts", name); }));
    }).catch(function () {});
  };
  drafts.has = function (key) {
    return opening.then(function (db) { return db.get("drafts", key); }).catch(function () { return undefined; });
  };
  // The person's own drafts, oldest first; what is old is dropped on the way.
  drafts.mine = function () {
    if (!drafts.person) return Promise.resolve([]);
    return drafts.ready.then(function () { return opening; }).then(function (db) {
      return db.getAllFromIndex("drafts", "person", drafts.person);
    }).then(function (found) {
      return found.sort(function (a, b) { return a.at - b.at; });
    }).catch(function () { return []; });
  };
  // First of all: what the server says arrived is kept no longer.
  drafts.ready = (function () {
    var arrived = drafts.cookie(COOKIE).split(".").filter(Boolean);
    if (arrived.length) document.cookie = COOKIE + "=; Max-Age=0; Path=/; SameSite=Lax";
    return drafts.drop(arrived).then(function () { return opening; }).then(function (db) {
      return db.getAll("drafts").then(function (all) {
        var old = all.filter(function (draft) { return Date.now() - draft.at > WEEK; });
        return drafts.drop(old.map(function (draft) { return draft.key; }));
      });
    }).catch(function () {});
  })();
})();

(()=>{frappe.provide("nmedia");})();
//# sourceMappingURL=nmedia_app.bundle.7E4FFA07.js.map

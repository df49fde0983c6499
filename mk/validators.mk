# Packages that judge what appeald sends (tests/validators), for the end-to-end tests.
VALIDATORS = $(CURDIR)/build/validators

validators: $(VALIDATORS)/done ## install the packages that judge the payloads of channels

$(VALIDATORS)/done: tests/validators/package.json
	@command -v npm >/dev/null || $(MAKE) --no-print-directory setup SETUP_ALSO="nodejs npm"
	@mkdir -p $(@D) && cp $< $(@D)/package.json
	@cd $(@D) && npm install --silent --no-audit --no-fund --no-package-lock >npm.log 2>&1 || { cat npm.log; exit 1; }
	@touch $@

.PHONY: validators

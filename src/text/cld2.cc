// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "text/cld2.h"

#include <algorithm>
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <string.h>

// CLD2's codes that are other codes here.
static const char *const renamed[][2] = {
    {"no", "nb"}, {"nn", "nb"}, {"iw", "he"},      {"in", "id"},
    {"ms", "id"}, {"bs", "sr"}, {"zh-Hant", "zh"}, {"un", ""},
};

extern "C" void cld2_guess(const char *p, size_t n, struct cld2_guess out[3])
{
	// CLD2 looks at the character after the last one, and a broken one there sends it astray:
	// it gets a copy that ends in NUL.
	char text[CLD2_BYTES + 1];
	size_t size = std::min(n, static_cast<size_t>(CLD2_BYTES));
	CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
	// Text that is not valid to the end is not read at all, and nothing is written then.
	CLD2::Language lang[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE,
				  CLD2::UNKNOWN_LANGUAGE};
	int percent[3] = {0, 0, 0}, bytes = 0, valid = 0;
	double score[3] = {0, 0, 0};
	bool reliable = false;

	memcpy(text, p, size);
	text[size] = 0;
	CLD2::ExtDetectLanguageSummaryCheckUTF8(text, static_cast<int>(size), true, &hints,
						CLD2::kCLDFlagBestEffort, lang, percent, score,
						nullptr, &bytes, &reliable, &valid);
	for (int i = 0; i < 3; i++) {
		const char *code = CLD2::LanguageCode(lang[i]);
		for (const auto &r : renamed)
			if (strcmp(code, r[0]) == 0)
				code = r[1];
		memset(out[i].code, 0, sizeof out[i].code);
		strncpy(out[i].code, strlen(code) < 4 ? code : "", 3);
		out[i].percent = percent[i];
	}
}
